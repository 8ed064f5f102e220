"""What the black-box tests share: a server, a customer, a webhook listener, orders and records."""
