package place

import (
	"github.com/secretmux/secretmux"
)

// These are the values of the parameter missing=.
const (
	absent      = "absent"
	unavailable = "unavailable"
)

// ReadMissing reads the parameter missing= and stores the class that it means. Beside
// document= the parameter is about the document, and the link itself reads it.
func ReadMissing(params *secretmux.Params, into *error) {
	if params.Has("document") {
		return
	}
	var word string
	params.Enum("missing", &word, absent, unavailable)
	switch word {
	case absent:
		*into = secretmux.ErrNotFound
	case unavailable:
		*into = secretmux.ErrUnavailable
	}
}

// MissingWord is the reverse of [ReadMissing]. It is empty for nil.
func MissingWord(class error) string {
	switch class {
	case secretmux.ErrNotFound:
		return absent
	case secretmux.ErrUnavailable:
		return unavailable
	}
	return ""
}

// Absence is the class of the error for a place that does not exist: missing, or
// secretmux.ErrUnavailable if missing is nil. With late it is secretmux.ErrNotFound
// until the place was seen once: the place may belong to another environment.
func Absence(missing error, late, seen bool) error {
	switch {
	case missing != nil:
		return missing
	case late && !seen:
		return secretmux.ErrNotFound
	}
	return secretmux.ErrUnavailable
}

// CheckMissing refuses every class that missing= can't name.
func CheckMissing(class error) error {
	if class == nil || MissingWord(class) != "" {
		return nil
	}
	return secretmux.Invalid("open", "Missing is neither ErrNotFound nor ErrUnavailable",
		"set it to secretmux.ErrNotFound or secretmux.ErrUnavailable, or leave it nil")
}

// ReadTrim reads the parameter trim=, which is newline, the default, or none.
func ReadTrim(params *secretmux.Params, raw *bool) {
	var word string
	params.Enum("trim", &word, "newline", "none")
	if word != "" {
		*raw = word == "none"
	}
}
