/** The service as a process: how it starts, ends, is killed, goes on, and lasts. */
package dev.auditwebhook.process;
