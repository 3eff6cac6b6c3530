/**
 * The token that an endpoint shows its receiver: where it comes from, and how long it is good. What
 * names the optional library stands in {@link dev.auditwebhook.wire.auth.TokenSource} and below.
 */
package dev.auditwebhook.wire.auth;
