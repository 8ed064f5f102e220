// Which requests the collection holds, in the order in which they are run: what the OpenAPI document does not say.
//
//   use      operationId of the document; every operation is used at least once (the generator checks)
//   name     instead of the operation's summary
//   folder   instead of the operation's first tag
//   body     instead of the operation's example
//   query    parameters that are sent; the others are there, switched off
//   before   script that runs before the request
//   keep     variables to set from the answer: name → JavaScript expression of `body`
//   check    further expectations: what is expected → JavaScript expression of `body` that must be true
//
// Each run makes applicants of its own, so the collection can be run again and again.

const authorization = { type: "hipaaAuthorization", contentType: "application/pdf", encoding: "base64",
  content: "JVBERi0xLjQK" };

const applicant = {
  clientUserId: "{{clientUserId}}",
  clientUserEmail: "jane.doe@example.com",
  firstName: "Jane",
  lastName: "Doe",
  gender: "female",
  dateOfBirth: "1968-02-13",
  address: { street1: "12 Hill Street", city: "Boise", state: "ID", zip: "83712" },
  attachments: [authorization],
};
const { attachments: _, ...unsigned } = applicant;

const newPolicy = 'pm.collectionVariables.set("clientUserId", "postman-" + pm.variables.replaceIn("{{$guid}}"));';
const letTimePass = (folder) => ({
  use: "moveSandboxClock", folder, name: "Let pass what is due now (sandbox)", body: { advance: "1m" },
});

export const requests = [
  { use: "createClientToken", name: "Get a client token (run me first)",
    body: { client_id: "{{clientId}}", client_secret: "{{clientSecret}}", type: "client" },
    keep: { token: "body.client_token" },
    check: { "the token lives a day": "body.expires_in === 86400" } },

  { use: "getOrderTypes", check: { "there are order types": "body.length > 0" } },
  { use: "createUser", name: "Place an order", before: newPolicy,
    body: { orderType: "healthcheck", ...applicant, clientData: { branch: "north", number: 7, vip: true } },
    keep: { humanId: "body.humanId" },
    check: { "it is this applicant": 'body.clientUserId === pm.collectionVariables.get("clientUserId")' } },
  letTimePass("Orders"),
  { use: "getUsersList", name: "Find a user", query: { clientUserId: "{{clientUserId}}" },
    check: { "one user is found": 'body.length === 1 && body[0].humanId === pm.collectionVariables.get("humanId")' } },
  { use: "getUsersList", query: { offset: "0", limit: "2" }, check: { "a page is a page": "body.length <= 2" } },
  { use: "getUserDetails", name: "Get a user with orders", keep: { orderId: "body.orders[0].orderId" },
    check: { "the order is completed": 'body.orders[0].orderStatus === "Completed" && body.orders[0].reportsAvailable' } },
  { use: "userProviders", query: { humanId: "{{humanId}}" }, check: { "there is a provider": "body.length > 0" } },

  { use: "createSubscription",
    body: { clientUserId: "{{clientUserId}}", subscriberEmail: "agent@example.com", role: "producer",
      subscriberFirstName: "John", subscriberLastName: "Smith", subscriberOffice: "nw676" },
    keep: { subscriptionId: "body[0].id" } },
  { use: "getUsersSubscriptions", query: { clientUserId: "{{clientUserId}}" },
    check: { "the subscriber is there": 'body.some((one) => one.id === pm.collectionVariables.get("subscriptionId"))' } },
  { use: "getSubscriptionDetails" },
  { use: "deleteSubscription" },

  { use: "getUserReports", query: { humanId: "{{humanId}}", createdByOrderId: "{{orderId}}" },
    keep: { reportId: "body[0].reports[0].id" } },
  { use: "getReportById", check: { "the file is not empty": "pm.response.responseSize > 100" } },

  { use: "getTasksLiistLink", name: "Get a new link to the Task Manager", body: { humanId: "{{humanId}}" } },
  { use: "createConnectToken", folder: "Task Manager", name: "Get a session for the applicant",
    body: { client_id: "{{clientId}}", client_secret: "{{clientSecret}}", client_user_id: "{{clientUserId}}",
      type: "session" },
    check: { "it is this applicant": 'body.human_id === pm.collectionVariables.get("humanId")' } },

  { use: "getOrder", check: { "it is this applicant": 'body.humanId === pm.collectionVariables.get("humanId")' } },
  { use: "getOrderTimeline", check: { "something happened": "body.entries.length > 0" } },

  { use: "createUser", folder: "Tasks", name: "Place an order without an authorization", before: newPolicy,
    body: { orderType: "healthcheck", ...unsigned } },
  letTimePass("Tasks"),
  { use: "listTasks", query: { clientUserId: "{{clientUserId}}", state: "open" },
    keep: { taskId: 'body.tasks.find((task) => task.taskType === "missing_information").taskId' } },
  { use: "getTask", check: { "it is open": 'body.taskState === "Open"' } },
  { use: "resolveTask", body: { attachments: [authorization] },
    check: { "it is resolved": 'body.taskState === "Resolved"' } },
  { use: "createUser", folder: "Tasks", name: "Place an order to abort", before: newPolicy,
    body: { orderType: "healthcheck", ...unsigned } },
  { use: "performActionForUser", folder: "Tasks", name: "Abort an order",
    body: { action: "abort", clientUserId: "{{clientUserId}}" } },

  { use: "createWebhook", body: { url: "{{webhookUrl}}", description: "Postman", events: ["order.status", "order.summary"] },
    keep: { webhookId: "body.id", webhookSecret: "body.secret" } },
  { use: "listWebhooks",
    check: { "the endpoint is there": 'body.some((one) => one.id === pm.collectionVariables.get("webhookId"))' } },
  { use: "getWebhook", check: { "its secret is not shown": "body.secret === undefined" } },
  { use: "changeWebhook", body: { description: "Postman, all kinds", events: [] },
    check: { "all kinds are sent": "body.events.length === 0" } },
  { use: "rotateWebhookSecret", body: { overlap: "24h" },
    check: { "the secret is new": 'body.secret !== pm.collectionVariables.get("webhookSecret")' },
    keep: { webhookSecret: "body.secret" } },
  { use: "testWebhook", keep: { eventId: "body.eventId" } },
  letTimePass("Webhooks"),
  { use: "listWebhookAttempts",
    check: { "the test was tried": 'body.attempts.some((one) => one.eventId === pm.collectionVariables.get("eventId"))' } },

  { use: "listEvents", query: { orderId: "{{orderId}}", kind: "order.summary", limit: "50" },
    keep: { eventId: "body.events[0].eventId" },
    check: { "the order told about itself": "body.events.length > 0" } },
  { use: "getEvent", check: { "it is the same event": 'body.eventId === pm.collectionVariables.get("eventId")' } },
  { use: "redeliverEvent", body: { webhookId: "{{webhookId}}" },
    check: { "it goes to the endpoint": 'body.webhooks.includes(pm.collectionVariables.get("webhookId"))' } },
  { use: "replayEvents", name: "Count what a replay would send",
    body: { since: "2020-01-01T00:00:00Z", until: "2100-01-01T00:00:00Z", orderId: "{{orderId}}", dryRun: true },
    check: { "there is something to send": "body.dryRun && body.matched > 0" } },
  { use: "deleteWebhook", folder: "Events", name: "Remove the endpoint" },

  { use: "getSandboxClock", keep: { sandboxNow: "body.now" } },
  { use: "moveSandboxClock", body: { advance: "1d" },
    check: { "a day has passed": 'Date.parse(body.now) - Date.parse(pm.collectionVariables.get("sandboxNow")) >= 86400000' } },

  { use: "getLiveness" },
  { use: "getReadiness" },
  { use: "getMetrics" },
  { use: "getPublicKeys", check: { "there is a key": "body.keys.length > 0" } },
  { use: "getOpenApiDocument" },
  { use: "getDocumentation" },
];

/** Variables of the collection. Set the first four, or set them in an environment; the others are set by the run. */
export const variables = {
  baseUrl: "http://127.0.0.1:8080",
  clientId: "",
  clientSecret: "",
  webhookUrl: "https://example.com/chartroom",
  token: "",
  clientUserId: "",
  humanId: "",
  orderId: "",
  subscriptionId: "",
  reportId: "",
  taskId: "",
  webhookId: "",
  webhookSecret: "",
  eventId: "",
  sandboxNow: "",
};

/** Which variable stands for a path parameter of another name. */
export const pathVariables = { id: "webhookId" };
