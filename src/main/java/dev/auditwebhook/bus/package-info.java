/**
 * The desk: it registers the addresses of the event bus, reads requests and makes replies. The
 * verticle comes in by {@link dev.auditwebhook.bus.Webhook}, which puts all rooms together. From
 * here an entry goes on to {@link dev.auditwebhook.journal.Acceptance}, and a request to {@link
 * dev.auditwebhook.endpoint.Endpoint} or {@link dev.auditwebhook.journal.Journal}. Where several
 * nodes share a store, the {@link dev.auditwebhook.bus.Switchboard} takes a request to the node
 * that runs the endpoint, and {@link dev.auditwebhook.bus.Tenancies} are the endpoints of this one.
 */
package dev.auditwebhook.bus;
