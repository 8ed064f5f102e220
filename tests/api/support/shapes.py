"""Members of what the API answers and sends, in the documented order."""

# The ten of the documentation's answer; clientUserEmail is our addition at the end.
CREATED_USER = ["clientUserId", "humanId", "firstName", "lastName", "dateOfBirth", "suggestedSources", "createdAt",
                "updatedAt", "status", "consumerLink", "clientUserEmail"]
LISTED_USER = ["firstName", "lastName", "dateOfBirth", "humanId", "clientUserId", "clientUserEmail", "createdAt",
               "updatedAt", "status", "suggestedSources"]
USER_DETAILS = ["firstName", "lastName", "dateOfBirth", "humanId", "clientUserId", "clientUserEmail", "createdAt",
                "updatedAt", "suggestedSources", "orders"]
ORDER_OF_USER = ["orderId", "orderType", "orderTypeAlias", "orderStatus", "reportsAvailable", "dataAvailable"]
ORDER_STATUS = ["humanId", "clientId", "userId", "clientUserId", "updatedAt", "action", "endpoint", "property",
                "topic", "value", "clientData"]
ORDER_SUMMARY = ["timestamp", "eventId", "orderId", "eventType", "eventGroup", "humanId", "clientId", "userId",
                 "clientUserId", "clientData", "eventPayload"]
ORDER_PAYLOAD = ["orderStatus", "timedOut", "reportsAvailable", "reports", "dataAvailable", "fcraSuppressed"]
VENDOR_NOTE = ["timestamp", "eventId", "orderId", "eventType", "eventGroup", "eventPayload", "userId", "clientUserId",
               "humanId", "clientId", "clientData"]
VENDOR_PAYLOAD = ["note", "providerNames", "providerIds", "clientProviderId"]
REPORT_IN_LIST = ["fileExtension", "id", "uri", "createdAt", "createdByOrderId", "orderIds", "providerIds",
                  "clientProviderIds"]
SUBSCRIPTION = ["subscriberFirstName", "subscriberLastName", "subscriberOffice", "clientUserId", "subscriberEmail",
                "id", "createdAt", "role"]

ORDER_TYPES = ["healthcheck", "complete", "ehr-only", "no-contact", "aps-only"]
WITHOUT_EMAIL = ["ehr-only", "no-contact", "aps-only"]
DEFAULT_REPORTS = {("healthcheck", "pdf"), ("healthcheck", "html"), ("healthcheck", "json"), ("ccdraw", "pdf"),
                   ("ccdraw", "html"), ("apidata", "json"), ("combined", "pdf")}


def without(names: list[str], *left_out: str) -> list[str]:
    return [name for name in names if name not in left_out]
