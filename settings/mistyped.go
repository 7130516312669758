package settings

import (
	"errors"
	"io/fs"
	"net/url"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// This file is about texts that a parser takes for something else than what was
// meant, without a word.

const (
	hintScheme   = "a URL begins with a scheme: write https:// or another in front of the host"
	hintKeyTwice = "it has a key twice"
	hintItem     = "one of its items is of another type"
)

var (
	errHostPort = errors.New("a host and a port, and no scheme")

	// hostPort is what url.Parse takes for the scheme localhost with the rest 8080.
	hostPort = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9.+-]*:[0-9]{1,5}(/.*)?$`)
)

// parseURL reads a URL, and refuses localhost:8080.
func parseURL(text string) (any, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, err
	case isHostPort(text):
		return nil, errHostPort
	}
	return *u, nil
}

func isHostPort(text string) bool {
	return hostPort.MatchString(text) && !strings.HasPrefix(strings.ToLower(text), "tel:")
}

// parseMode reads the mode of a file in octal, as every tool shows it: 0600 in
// decimal would be 01130.
func parseMode(text string) (any, error) {
	mode, err := strconv.ParseUint(strings.TrimPrefix(text, "0o"), 8, 32)
	return fs.FileMode(mode), err
}

// keyTwice reports whether pairs between separators have a key twice. Which of the two
// values counts is not defined, as in JSON.
func (l *leaf) keyTwice(text string) bool {
	if !l.isMap() {
		return false
	}
	seen := map[string]bool{}
	for pair := range strings.SplitSeq(text, l.separator()) {
		key, _, _ := strings.Cut(pair, l.keySeparator())
		if seen[key] {
			return true
		}
		seen[key] = true
	}
	return false
}

// hint names a likely reason why a text does not become the field.
func (l *leaf) hint(text string) string {
	typ, many := l.typ, l.isList() || l.isMap()
	if typ.Kind() == reflect.Pointer || many {
		typ = typ.Elem()
	}
	trimmed := strings.TrimSpace(text)
	switch {
	case many && trimmed != "" && strings.Contains("[{", trimmed[:1]):
		return hintItem // of JSON, where white space is free
	case text != trimmed:
		return hintSpace
	case l.spaced(text):
		return hintSpaced
	case typ == reflect.TypeFor[time.Location]() && zonesMissing():
		return hintNoZones
	case typ == reflect.TypeFor[url.URL]() && l.lacksScheme(text):
		return hintScheme
	}
	return ""
}

// lacksScheme reports whether text, which is not a URL or a list of them, is likely to be a
// host and a port.
func (l *leaf) lacksScheme(text string) bool {
	return isHostPort(text) || l.isList() && strings.Contains(text, ":")
}
