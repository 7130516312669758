package secretmux

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"sync"
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
	// A reference is a key of the cache and part of error texts. Without bounds, a
	// caller who can choose one could fill both.
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
	if isPlain(ref) { // nearly all are
		return Ref{Name: ref}, nil
	}
	// The # comes first, as a field may hold a ?. A name holds neither.
	rest, field, hasField := strings.Cut(ref, "#")
	if hasField {
		// It would be a legal field, and never what was meant.
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
	// Two ways to write one document must be one entry of the cache.
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
//
// It is the key under which a store keeps the secret, so that all fields of it share an
// entry.
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
	if isPlain(name) {
		return nil
	}
	var problem string
	switch {
	case name == "":
		problem = "the name is empty"
	case len(name) > maxName:
		problem = "the name is longer than 2048 bytes"
	case !utf8.ValidString(name):
		problem = "the name is not UTF-8"
	// A newline in a name would be a second line of a log.
	case strings.ContainsFunc(name, unicode.IsControl):
		problem = "the name has a control character"
	// They begin the version and the field of a reference.
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

// isPlain reports whether one look at each byte shows that name is valid, as it is with
// nearly all names. False proves nothing. Each cold read asks twice.
//
// It errs on the safe side: what is not ASCII, and a segment that only begins with a
// dot, go the long way, which decides.
func isPlain(name string) bool {
	start := true // of a segment
	for i := range len(name) {
		switch c := name[i]; {
		case isUsual(c):
			start = false
		case start || c != '/' && c != '.':
			return false
		default:
			start = c == '/'
		}
	}
	return !start && len(name) <= maxName
}

// isUsual says that a byte means nothing bad wherever it is in a name. It is ASCII, and not
// white space, a control character, "?" or "#", nor "/" or ".", which count by their place.
// Letters come first, as most bytes are.
func isUsual(c byte) bool {
	return c > '?' && c <= '~' || c > '/' && c < '?' || c > '#' && c < '.' || c == '!' || c == '"'
}

// badSegment finds what a file system or a URL would take for another place than it
// looks like.
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

// validateVersion refuses what would end a reference early, or belongs to a URL. All
// else is up to the backend, whose ids are its own.
func validateVersion(version string) error {
	if version == "" || len(version) > maxVersion || !printable(version) || strings.ContainsAny(version, "?#& ") {
		return invalid("parse reference", "the version is empty or no version id",
			"write ?version= and the backend's own id, current or previous")
	}
	return nil
}

// validateField refuses what can't be a key, and a pointer that a reader would take in
// two ways.
func validateField(field string) error {
	if field == "" || len(field) > maxField || !printable(field) || strings.Contains(field, "#") {
		return invalid("parse reference", "the field is empty, or has a # or a control character",
			"write one # and then a key of the JSON document or a JSON Pointer")
	}
	// RFC 6901 has no meaning for any other ~, and some parsers take it as it is.
	if strings.HasPrefix(field, "/") && strings.Contains(strings.NewReplacer("~0", "", "~1", "").Replace(field), "~") {
		return invalid("parse reference", "the JSON Pointer has a ~ that is not ~0 or ~1",
			"write ~ in a key as ~0, and / as ~1 (RFC 6901)")
	}
	return nil
}

// printable reports whether s can be a part of a line of text.
func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// Claims refuses two names that a provider maps to one key of its backend, as
// one of the two would get the other's secret. It is for authors of providers.
// The zero Claims is ready; it is safe for concurrent use and must not be copied.
//
// It sees only the names that this process has asked for. That is enough: two names
// clash when both are read.
type Claims struct {
	mu sync.Mutex
	by map[string]string // key -> name
}

// maxClaims bounds the memory for keys. Beyond it no clash is seen.
const maxClaims = 1 << 16

// Take claims key for name. It returns ErrInvalid, naming both names, when
// another name holds the key. Claim only keys that exist, so that lookups of
// absent names cost no memory.
func (c *Claims) Take(key, name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	holder, taken := c.by[key]
	switch {
	// Both names are ours and have proved well-formed, so that they may be shown.
	case taken && holder != name:
		return &Error{
			Op: "get", Name: name, Class: ErrInvalid, Err: errors.New("another name maps to the same key of the backend: " + quoted(holder)),
			Hint: "ask for one secret by one name, or rename one of the two",
		}
	case !taken && len(c.by) < maxClaims:
		if c.by == nil {
			c.by = make(map[string]string)
		}
		c.by[key] = name
	}
	return nil
}

// Holder returns the name that holds key, and whether one does.
func (c *Claims) Holder(key string) (name string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	name, ok = c.by[key]
	return name, ok
}

// versionKey is drawn once a process. A digest without a key would let a reader
// of a log try out short secrets against it.
var versionKey = sync.OnceValue(func() []byte { //nolint:gochecknoglobals // one key a process is the point

	key := make([]byte, sha256.Size)
	_, _ = rand.Read(key) // it never fails: crypto/rand ends the program instead
	return key
})

// ContentVersion makes a version id for a value from a backend that has none: 16
// hexadecimal digits that are equal for equal values within this process. Another
// process has other ids for the same values. They tell nothing about the value:
// HMAC-SHA256 (RFC 2104) under a random key that is never shown, cut to 64 bits.
//
// 64 bits are enough to tell the values of one secret apart, and too few to look a
// value up by.
func ContentVersion(value []byte) string {
	mac := hmac.New(sha256.New, versionKey())
	mac.Write(value)
	return hex.EncodeToString(mac.Sum(nil)[:8])
}
