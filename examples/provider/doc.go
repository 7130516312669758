// Package acme is a provider to copy. Its backend, Acme, is made up: a small HTTP API,
// like those of many in-house stores. Everything that is not about Acme is needed by a
// provider of any HTTP backend. docs/writing-a-provider.md leads through it.
//
//	acme://secrets.example.com/prod?token_file=/run/acme/token
//
// The part of the API that matters here:
//
//	GET  /v1/secrets/{name}[?version=V]   one secret: value in base64, version, created, sha256
//	POST /v1/batch {"names": [...]}       up to 20 secrets, or their errors
//	GET  /v1/names?prefix=P[&after=N]     a page of names
//	GET  /v1/whoami                       200 for a known token
//
// An error is a status and {"error": code}. A name is one segment of the path, so its
// "/" is escaped.
package acme
