package secretmux

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The versions that every backend with versions understands besides its own ids.
const (
	// VersionCurrent is what a Get without a version reads.
	VersionCurrent = "current"
	// VersionPrevious is the version before it, for verifiers that must accept
	// both during a rotation.
	VersionPrevious = "previous"
)

const (
	maxName    = 2048 // the longest id of a backend: an AWS SecretId
	maxVersion = 1024
	maxField   = 1024
)

// Ref is a parsed reference: name[?version=V][#field].
type Ref struct {
	// Name is the secret's name, such as db/password.
	Name string
	// Version is the backend's own id of a version, or VersionPrevious. Empty
	// means the current one; "current" parses to empty.
	Version string
	// Field is a key of the JSON document, or a JSON Pointer when it starts
	// with "/". Empty means the whole value.
	Field string
}

// ParseRef parses a reference. All errors are ErrInvalid and quote none of it.
func ParseRef(ref string) (Ref, error) {
	rest, field, hasField := strings.Cut(ref, "#")
	if hasField {
		if strings.Contains(field, "?version=") {
			return Ref{}, invalid("parse reference", "the version comes after the field", "write name?version=V#field")
		}
		if err := validateField(field); err != nil {
			return Ref{}, err
		}
	}
	name, query, hasQuery := strings.Cut(rest, "?")
	if err := ValidateName(name); err != nil {
		return Ref{}, err
	}
	r := Ref{Name: name, Field: field}
	if !hasQuery {
		return r, nil
	}
	version, ok := strings.CutPrefix(query, "version=")
	if !ok {
		return Ref{}, invalid("parse reference", "after ? only version=V is known", "write name?version=V#field")
	}
	if err := validateVersion(version); err != nil {
		return Ref{}, err
	}
	if version != VersionCurrent {
		r.Version = version
	}
	return r, nil
}

// String returns the reference in its canonical form, which ParseRef reads back.
func (r Ref) String() string {
	s := r.document()
	if r.Field != "" {
		s += "#" + r.Field
	}
	return s
}

// document is the reference without its field: what one fetch answers.
func (r Ref) document() string {
	if r.Version == "" {
		return r.Name
	}
	return r.Name + "?version=" + r.Version
}

// ValidateName says whether name can name a secret in any backend. It refuses,
// with ErrInvalid, a name that is empty, is over 2,048 bytes, is not UTF-8, has
// control characters, "?" or "#", starts or ends with white space or "/", or has
// an empty, "." or ".." segment. Backends refuse more. The error does not quote
// the name, which may be a value in the wrong place.
func ValidateName(name string) error {
	var problem string
	switch {
	case name == "":
		problem = "the name is empty"
	case len(name) > maxName:
		problem = "the name is longer than 2048 bytes"
	case !utf8.ValidString(name):
		problem = "the name is not UTF-8"
	case strings.ContainsFunc(name, unicode.IsControl):
		problem = "the name has a control character"
	case strings.ContainsAny(name, "?#"):
		problem = "the name has a ? or #"
	case strings.TrimSpace(name) != name:
		problem = "the name starts or ends with white space"
	default:
		problem = badSegment(name)
	}
	if problem == "" {
		return nil
	}
	hint := "write a name such as db/password"
	switch {
	case strings.Contains(name, "://"):
		hint = "write only the name, as in db/password: the config string says where the store is"
	case strings.HasPrefix(name, "/"):
		hint = "leave out the / in front, as in db/password"
	}
	return invalid("parse reference", problem, hint)
}

func badSegment(name string) string {
	for segment := range strings.SplitSeq(name, "/") {
		switch segment {
		case "":
			return "the name starts or ends with / or has //"
		case ".", "..":
			return "the name has a . or .. segment"
		}
	}
	return ""
}

func validateVersion(version string) error {
	if version == "" || len(version) > maxVersion || !printable(version) || strings.ContainsAny(version, "?#& ") {
		return invalid("parse reference", "the version is empty or no version id",
			"write ?version= and the backend's own id, current or previous")
	}
	return nil
}

func validateField(field string) error {
	if field == "" || len(field) > maxField || !printable(field) || strings.Contains(field, "#") {
		return invalid("parse reference", "the field is empty, or has a # or a control character",
			"write one # and then a key of the JSON document or a JSON Pointer")
	}
	if strings.HasPrefix(field, "/") && strings.Contains(strings.NewReplacer("~0", "", "~1", "").Replace(field), "~") {
		return invalid("parse reference", "the JSON Pointer has a ~ that is not ~0 or ~1",
			"write ~ in a key as ~0, and / as ~1 (RFC 6901)")
	}
	return nil
}

func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}
