package gcp

import (
	"slices"
	"strings"
)

// missing reads from the message of a NOT_FOUND which resource is missing. The code
// by itself proves nothing: it is also the code for a project, a location or a key,
// and for anything that a proxy or another service does not know.
//
// Secret Manager writes "Secret [projects/123/secrets/db] not found or has no
// versions." and "Secret Version [projects/123/secrets/db/versions/7] not found."
// Emulators write it a little differently. The message must begin with the secret or
// its version, and the first resource in it must be the one that was asked for: the
// key or the topic of a secret comes before the secret. The project in it is always a
// number, even if the request had an id.
func missing(text string, what request) message {
	head, rest, named := strings.Cut(text, "projects/")
	noun := words(head)
	end := strings.IndexFunc(rest, outsidePath)
	if end < 0 {
		end = len(rest)
	}
	resource, tail := strings.TrimRight(rest[:end], ".:"), words(rest[end:])
	if named && secretNoun(noun) && saysAbsent(noun+" "+tail) {
		if m := what.missing(resource); m != nothing {
			return m
		}
	}
	if strings.HasPrefix(noun, "project") || strings.HasPrefix(noun, "location") || named && noun == "" && !strings.Contains(resource, "/secrets") {
		return noProject
	}
	return nothing
}

// missing compares a resource, which lacks its "projects/", with what was asked for.
func (r request) missing(resource string) message {
	parts := strings.Split(resource, "/")
	if len(parts) > 2 && parts[1] == "locations" {
		parts = slices.Delete(parts, 1, 3)
	}
	switch {
	case r.id == "" || len(parts) < 3 || parts[1] != "secrets" || parts[2] != r.id:
		return nothing
	case len(parts) == 3:
		return noSecret
	case len(parts) != 5 || parts[3] != "versions" || r.version == "":
		return nothing
	case validNumber(r.version) && parts[4] != r.version:
		return nothing
	}
	return noVersion
}

func secretNoun(noun string) bool {
	noun = strings.TrimPrefix(noun, "the ")
	for _, said := range []string{" was not found", " not found", " does not exist"} {
		noun = strings.TrimSuffix(noun, said)
	}
	return slices.Contains([]string{"", "resource", "secret", "secret version", "secretversion", "version"}, noun)
}

func saysAbsent(text string) bool {
	return strings.Contains(text, "not found") || strings.Contains(text, "not exist") || strings.Contains(text, "no version")
}

// words returns the words of text in lower case, a space between them.
func words(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !letter(r) }), " ")
}

// outsidePath reports whether r ends the name of a resource.
func outsidePath(r rune) bool { return !letter(r) && !digit(r) && !strings.ContainsRune("/-_.:", r) }
