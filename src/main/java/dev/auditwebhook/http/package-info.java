/**
 * The HTTP API, over the event-bus addresses alone, so that the webhook may run elsewhere. A host
 * comes in by {@link dev.auditwebhook.http.ApiRouter}, whose routes it mounts; {@link
 * dev.auditwebhook.http.HttpService} serves them on a port of their own. Behind the {@linkplain
 * dev.auditwebhook.http.guard guards} stand the routes of the endpoints, of attempts as they
 * happen, of health, metrics, the contract and the console.
 */
package dev.auditwebhook.http;
