/**
 * What stands between the network and the routes, and keeps hostile clients out: of connections,
 * ambiguous requests, tokens and bodies, within one set of {@linkplain
 * dev.auditwebhook.http.guard.ClientLimits limits}. {@code HttpService} comes in by {@link
 * dev.auditwebhook.http.guard.ConnectionGuard} and {@link
 * dev.auditwebhook.http.guard.RequestGuard}, the routes by {@link
 * dev.auditwebhook.http.guard.TokenGuard} and {@link dev.auditwebhook.http.guard.RequestBody};
 * whoever refuses throws a {@link dev.auditwebhook.http.guard.Problem}, which {@link
 * dev.auditwebhook.http.guard.ResponseWriter} writes. It knows no route.
 */
package dev.auditwebhook.http.guard;
