/** The commands of the runnable jar: the demo with its embedded receiver, and {@code emit}. */
package dev.auditwebhook.demo;
