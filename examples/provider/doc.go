// Package acme is a provider to copy. Its backend, Acme, is made up: a small HTTP
// API, as many in-house stores have one. What is not about Acme is what a provider
// of any HTTP backend needs; docs/writing-a-provider.md leads through it.
//
//	acme://secrets.example.com/prod?token_file=/run/acme/token
//
// The API, as far as it matters here:
//
//	GET  /v1/secrets/{name}[?version=V]   one secret: value in base64, version, created, sha256
//	POST /v1/batch {"names": [...]}       up to 20 secrets, each one or its error
//	GET  /v1/names?prefix=P[&after=N]     a page of names
//	GET  /v1/whoami                       200 for a token that is known
//
// An error is a status and {"error": code}. A name is one segment of the path, so its
// "/" is escaped.
package acme
