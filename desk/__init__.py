"""The desk: people, conversations, tickets, handoffs, identity flows and audit; no AI, no HTTP."""
