/** What keeps others out and secrets in: URLs, addresses, signatures, redaction, tokens, input. */
package dev.auditwebhook.security;
