package gcp

import (
	"strings"

	"github.com/secretmux/secretmux"
)

const (
	maxID        = 255 // CreateSecretRequest.secret_id
	maxAlias     = 63
	maxSeparator = 8
	maxDigits    = 18 // of a version number, which is an int64
)

// id returns the id of the secret for name, or an ErrInvalid that does not quote
// name.
func (o Options) id(name string) (string, error) {
	if err := secretmux.ValidateName(name); err != nil {
		return "", err
	}
	if strings.HasPrefix(name, "projects/") && strings.Contains(name, "/secrets/") {
		return "", badName("the name is the resource name of a secret",
			"write only what comes after secrets/, and ?version=V for a version; another project or location needs a link of its own")
	}
	id := name
	if o.Separator != "" {
		if hint := separable(name, o.Separator); hint != "" {
			return "", badName("the name could become the same as another one when sep= replaces its /", hint)
		}
		id = strings.ReplaceAll(name, "/", o.Separator)
	}
	id = o.Prefix + id
	switch {
	case strings.Contains(id, "/"):
		return "", badName("a name of Secret Manager can't have a /", "write sep=, as in sep=--, or rename the secret without /")
	case len(id) > maxID:
		return "", badName("the name is longer than 255 bytes with its prefix", "shorten the name or prefix=")
	case !validID(id):
		return "", badName("the name has a character that is not valid in Secret Manager", "use letters, digits, - and _")
	}
	return id, nil
}

// name is the reverse of id: it returns the one name that gives this secret. It
// reports false for a secret that no name gives, such as a secret without the prefix.
func (o Options) name(id string) (string, bool) {
	name, ok := strings.CutPrefix(id, o.Prefix)
	if o.Separator != "" {
		name = strings.ReplaceAll(name, o.Separator, "/")
	}
	back, err := o.id(name)
	return name, ok && err == nil && back == id
}

// separable returns the fault of name, or "". Without these rules a-/b and a/-b
// would be one secret.
func separable(name, separator string) string {
	if strings.Contains(name, separator) {
		return "the name contains the separator; rename the secret or choose another sep="
	}
	for segment := range strings.SplitSeq(name, "/") {
		if strings.Trim(segment, separator) != segment {
			return "a segment starts or ends with a character of sep=; rename the secret or choose another sep="
		}
	}
	return ""
}

func badName(problem, hint string) error { return secretmux.Invalid("get", problem, hint) }

func validID(id string) bool {
	return id != "" && len(id) <= maxID && !strings.ContainsFunc(id, func(r rune) bool { return !letter(r) && !digit(r) && r != '-' && r != '_' })
}

func validSeparator(separator string) bool {
	return len(separator) <= maxSeparator && strings.Trim(separator, "-_") == ""
}

func validAlias(alias string) bool {
	return validID(alias) && len(alias) <= maxAlias && letter(rune(alias[0]))
}

// validVersion reports whether version can be the number or the alias of a version.
func validVersion(version string) bool { return validNumber(version) || validAlias(version) }

func validNumber(version string) bool {
	return version != "" && len(version) <= maxDigits && version[0] != '0' && digits(version)
}

// validProject accepts an id or a number.
func validProject(project string) bool {
	if digits(project) {
		return len(project) <= maxDigits
	}
	return lower(project, "-") && len(project) >= 6 && len(project) <= 30 && letter(rune(project[0])) && !strings.HasSuffix(project, "-")
}

// isRegion reports whether location has the form of a region: words of letters with
// hyphens between them, and a number at the end, as in europe-west3.
func isRegion(location string) bool {
	last := strings.LastIndexByte(location, '-')
	if last < 1 || len(location) > maxAlias {
		return false
	}
	for word := range strings.SplitSeq(location[:last], "-") {
		if !letters(word) {
			return false
		}
	}
	direction := strings.TrimRight(location[last+1:], "0123456789")
	return letters(direction) && len(direction) < len(location[last+1:])
}

// isZone reports whether location has the form of a zone: a region, a hyphen and more
// text, as in europe-west3-a.
func isZone(location string) bool {
	last := strings.LastIndexByte(location, '-')
	return last > 0 && isRegion(location[:last])
}

// lower reports whether s has only lower-case letters, digits and the characters
// in also.
func lower(s, also string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return (r < 'a' || r > 'z') && !digit(r) && !strings.ContainsRune(also, r) })
}

func letters(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == ""
}

func digits(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !digit(r) })
}

func digit(r rune) bool  { return r >= '0' && r <= '9' }
func letter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }
