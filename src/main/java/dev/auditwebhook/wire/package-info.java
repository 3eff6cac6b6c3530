/**
 * What goes over the network: the headers, the signature, the request, its answer, and the
 * connection that is guarded meanwhile. The endpoint comes in by {@link
 * dev.auditwebhook.wire.Sender}, with a body and where it goes; nobody else sends.
 */
package dev.auditwebhook.wire;
