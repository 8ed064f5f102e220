#include "channel/sandbox/personas.hpp"

#include "base/text.hpp"

namespace chartroom::channel {

const Persona* find_persona(std::string_view last_name) {
  const std::string_view name = base::trim(last_name);
  for (const Persona& persona : kPersonas) {
    if (base::equals_ignoring_case_ascii(name, persona.last_name)) return &persona;
  }
  return nullptr;
}

}  // namespace chartroom::channel
