/**
 * The HTTP API. It knows the webhook by its event-bus addresses only, so it also works when the
 * webhook runs elsewhere. {@link dev.auditwebhook.http.ApiRouter} is the place to start reading.
 */
package dev.auditwebhook.http;
