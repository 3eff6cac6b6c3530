/** TLS of the server: its certificates, which may change, and the bound of handshakes. */
package dev.auditwebhook.http.tls;
