"""What kind of source something comes from: a call is not a survey, and is not shown as one."""

SURVEY = ""
CALL, CHAT, COMMUNITY, REVIEW = "call", "chat", "community", "review"
VISIT, INTERVIEW, STAFF = "mystery_visit", "interview", "staff"
# entered by hand, by people of our own
BY_HAND = (VISIT, INTERVIEW, STAFF)
ORIGINS = (CALL, CHAT, COMMUNITY, REVIEW, *BY_HAND)
