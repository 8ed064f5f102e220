"""The contract in outline: its sections and the ids of their table rows and bullets.

Kept by hand from reading the contract. An id is the section and the first words of the row; a bullet's is the section
and its number, as in "2.1*1". A section without either has one id that ends in "/text".
"""
from contract.reading import Place

HEADINGS = {
    "2": "Authentication", "2.1": "Client token", "2.2": "What is in it", "2.3": "Its use", "2.4": "Connect token",
    "2.5": "Other", "3": "Endpoints", "3.0": "Error envelopes", "3.1": "List of order types",
    "3.2": "Placing an order", "3.2.1": "Members of an order", "3.2.2": "Address", "3.2.3": "Provider",
    "3.2.4": "Attachment", "3.2.5": "Whether the e-mail is required", "3.2.6": "Answer of success",
    "3.2.7": "Answers of failure", "3.3": "List of users", "3.4": "Actions on a user", "3.5": "Details of a user",
    "3.6": "Providers of a user", "3.7": "List of subscriptions", "3.8": "Subscribing", "3.9": "One subscription",
    "3.10": "Unsubscribing", "3.11": "List of reports", "3.12": "One report", "3.13": "A new link",
    "4": "Life of an order", "4.1": "States", "4.2": "Transitions", "4.3": "Spelling of the state by surface",
    "4.4": "Time-outs and delays", "4.5": "Sufficiency", "4.6": "Abort and resync", "6.1": "What a task is",
    "6.2": "Link to the Task Manager",
    "6.3": "Parameters of the callback", "7": "Notifications", "7.0": "What all have in common",
    "7.1": "Order status", "7.2": "Order summary", "7.3": "Vendor notes", "7.4": "Tasks",
    "9": "Delivery of reports", "9.1": "By form and by SFTP", "9.3": "To a pre-signed URL",
    "10": "Subscriptions and e-mail", "13": "Register of disagreements", "14": "Decisions where nobody says",
}

ROWS = {
    "2.1": "client_id client_secret type client_token expires_in",
    "2.4": "client_id client_user_id type client_secret client_user_email extra_scopes",
    "3": "3.1 3.2 3.3 3.4 3.5 3.6 3.7 3.8 3.9 3.10 3.11 3.12 3.13 legacy",
    "3.0": ("code error message x-humanapi-request-id statusCode error~2 message~2 validation x-humanapi-request-id~2 "
            "400 400~2 401 404 409-create-user-create-subscription 409-abort 500"),
    "3.1": "orderType orderTypeAlias orderTypeDescription",
    "3.2.1": ("orderType clientUserId clientUserEmail firstName-middleName-lastName gender dateOfBirth "
            "suggestedSources ssn phone address conditions providers attachments clientData autoInvite"),
    "3.2.2": "street1 street2 city state zip",
    "3.2.3": "name organizationName address clientProviderId npi phone-fax mrn",
    "3.2.4": "type contentType encoding content",
    "3.2.7": "400 401 404 409 500",
    "3.4": "202 400 401 404 409 429",
    "3.5": "orderId orderType orderTypeAlias orderStatus reportsAvailable dataAvailable",
    "3.8": "clientUserId subscriberEmail role subscriberOffice subscriberFirstName-subscriberLastName",
    "3.11": "fileExtension id uri createdAt createdByOrderId orderIds providerIds clientProviderIds groupBy",
    "4.1": "Created In-Progress Pended Completed Cancelled",
    "4.2": "Created In-Progress Pended In-Progress~2 Pended~2 In-Progress~3 Pended~3",
    "4.3": ("Order-Status-notification Order-Summary-notification GET-users-humanId Task-Manager-callback "
            "create-answer-legacy-user Portal"),
    "6.1": ("information-is-missing-that-is the-provider-demands-its-own the-disclosing-entity-asks-an "
            "a-provider-or-vendor-has consumer-mediated-connection-of-a"),
    "6.3": "error error~2 error~3",
    "7.1": "value updatedAt topic humanId-clientUserId endpoint action property",
    "7.2": ("timestamp eventId orderId eventType eventGroup humanId-clientId-userId-clientUserId clientData "
            "eventPayload orderStatus timedOut reportsAvailable reports dataAvailable fcraSuppressed"),
    "7.3": "note providerNames providerIds clientProviderId",
    "13": "C1 C2 C3 C4 C5 C6 C7 C8 C9 C10 C11 C12 C13 C14 C15 C16 C17 C18 E1 E2 E3 T1 R1 R2",
    "14": ("Repeat-POST-api-v1-users Same-person-under-another-clientUserId Order-timeout Task-allotted-time "
            "Reminders-to-the-applicant APS-delay Retention Report-uri Paging Body-limit Request-id Sufficiency "
            "fcraSuppressed Key-order-in-JSON"),
}

BULLETS = {
    "2.1": 3, "2.3": 4, "2.5": 3, "3.1": 4, "3.2.1": 6, "3.2.2": 2, "3.2.3": 1, "3.2.6": 5, "3.2.7": 2, "3.3": 4,
    "3.4": 6, "3.6": 2, "3.7": 6, "3.8": 2, "3.11": 4, "3.12": 2, "3.13": 2, "4.4": 4, "4.6": 3, "6.1": 5, "6.2": 4,
    "6.3": 3, "7.0": 7, "7.2": 2, "10": 8,
}

# Headings that hold nothing but further headings, or a list that is in ROWS.
EMPTY = {"2", "3.2", "4", "7"}


def outline() -> dict[str, Place]:
    return {number: Place(number, tuple(f"{number}/{name}" for name in ROWS.get(number, "").split()),
                          BULLETS.get(number, 0)) for number in HEADINGS}


def all_ids() -> list[str]:
    ids = []
    for number, place in outline().items():
        ids += [*place.rows, *(f"{number}*{bullet + 1}" for bullet in range(place.bullets))]
        if not place.rows and not place.bullets and number not in EMPTY:
            ids.append(f"{number}/text")
    return ids
