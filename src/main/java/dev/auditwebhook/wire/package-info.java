/**
 * What goes over the network: the headers, the signature, the request, its answer, and the
 * connection that is guarded meanwhile. The endpoint comes in by {@link
 * dev.auditwebhook.wire.Sender}, with events and where they go; nobody else sends.
 */
package dev.auditwebhook.wire;
