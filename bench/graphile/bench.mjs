// Jobs a second of graphile-worker, as scripts/bench jobs asks for them: one line of JSON.
//
//   node bench.mjs URL COUNT MODE   MODE: default, or batched (local queue, completions in batches)
//
// The handler does nothing. The clock stops when the last one has returned, which is before the last
// batch of completions is stored: that is in its favour.
import { makeWorkerUtils, run, Logger } from "graphile-worker";
import pg from "pg";

const [url, countText, mode] = process.argv.slice(2);
const count = Number(countText);
const kCallers = 64;
const kTogether = 500;
const concurrency = Number(process.env.BENCH_CONCURRENCY ?? (mode === "batched" ? 24 : 24));
const logger = new Logger(() => () => {});

const seconds = (since) => Number(process.hrtime.bigint() - since) / 1e9;

const pgPool = new pg.Pool({ connectionString: url, max: kCallers });
const utils = await makeWorkerUtils({ pgPool, logger });
await utils.migrate();

const alone = Math.floor(count / 4);
let begin = process.hrtime.bigint();
let left = alone;
await Promise.all(
  Array.from({ length: kCallers }, async () => {
    while (left-- > 0) await utils.addJob("bench", { id: 1 });
  }),
);
const aloneSeconds = seconds(begin);

begin = process.hrtime.bigint();
for (let done = 0; done < count - alone; done += kTogether) {
  const some = Math.min(kTogether, count - alone - done);
  await utils.addJobs(Array.from({ length: some }, () => ({ identifier: "bench", payload: { id: 1 } })));
}
const togetherSeconds = seconds(begin);

let ended = 0;
let last;
const all = new Promise((resolve) => (last = resolve));
const taskList = {
  bench: async () => {
    if (++ended === count) last();
  },
};
const worker = { concurrentJobs: concurrency, maxPoolSize: concurrency + 6, connectionString: url, logger };
if (mode === "batched") {
  Object.assign(worker, { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 });
}
begin = process.hrtime.bigint();
const runner = await run({ preset: { worker }, taskList, noHandleSignals: true });
await all;
const runSeconds = seconds(begin);
await runner.stop();
const { rows } = await pgPool.query("SELECT count(*)::int AS left FROM graphile_worker._private_jobs");
if (rows[0].left !== 0) throw new Error(`${rows[0].left} jobs are left`);
await utils.release();
await pgPool.end();
console.log(
  JSON.stringify({
    enqueued_alone_per_second: alone / aloneSeconds,
    enqueued_together_per_second: (count - alone) / togetherSeconds,
    run_per_second: count / runSeconds,
  }),
);
