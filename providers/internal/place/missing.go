package place

import (
	"github.com/secretmux/secretmux"
)

// The words of the parameter missing=.
const (
	absent      = "absent"
	unavailable = "unavailable"
)

// ReadMissing reads the parameter missing= into the class that it means. Beside
// document= it is the link's own, and about the document.
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

// MissingWord turns [ReadMissing] round: it is empty for nil.
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
// secretmux.ErrUnavailable if missing is nil. With late it is
// secretmux.ErrNotFound as long as the place was not seen: it may belong to
// another environment.
func Absence(missing error, late, seen bool) error {
	switch {
	case missing != nil:
		return missing
	case late && !seen:
		return secretmux.ErrNotFound
	}
	return secretmux.ErrUnavailable
}

// CheckMissing refuses a class that missing= has no word for.
func CheckMissing(class error) error {
	if class == nil || MissingWord(class) != "" {
		return nil
	}
	return secretmux.Invalid("open", "Missing is a class that a missing place can't have",
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
