package dev.auditwebhook.delivery;

import dev.auditwebhook.security.UrlPolicy.Endpoint;

/** Where attempts go, and what is known of it. Each setting of a URL makes another one. */
record Target(Endpoint endpoint, Circuit circuit) {}
