/**
 * Who may do what: {@linkplain dev.auditwebhook.security.access.Role roles} and the {@linkplain
 * dev.auditwebhook.security.access.Principal principals} that have them. It knows no other package.
 */
package dev.auditwebhook.security.access;
