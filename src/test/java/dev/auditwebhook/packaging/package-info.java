/** What strangers run: the artifacts of a release, and the files of {@code conf} that start it. */
package dev.auditwebhook.packaging;
