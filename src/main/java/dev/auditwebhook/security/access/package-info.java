/**
 * Who may do what: {@linkplain dev.auditwebhook.security.access.Role roles}, the {@linkplain
 * dev.auditwebhook.security.access.Principal principals} that have them, and the {@linkplain
 * dev.auditwebhook.security.access.Keyring tokens} that tell who is who. It knows no other package.
 */
package dev.auditwebhook.security.access;
