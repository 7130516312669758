package push

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/secretmux/secretmux"
)

// protocol is the version of the format that Encode writes.
const protocol = 1

// Notice says that a secret has, or soon will have, another version. It never holds a
// value.
type Notice struct {
	// Name is the secret's name, without version and field. It may be the store's name
	// or the backend's own.
	Name string
	// Version is the backend's id of the new version. Empty means unknown: the secret
	// is then read only once.
	Version string
	// Time is when the change was made. Zero means unknown. It decides which of two
	// notices is newer, so it should be the backend's or the rotator's time, and not
	// the broker's.
	Time time.Time
}

// wire is the format of this package, in the order in which Encode writes it.
type wire struct {
	V       *int   `json:"v"`
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	Time    string `json:"time,omitempty"`
}

// Encode writes n in the format of this package, for rotators and relays:
//
//	{"v":1,"name":"prod/db/creds","version":"7","time":"2026-11-25T22:00:00Z"}
//
// [JSON] reads it. Encode does not check n. JSON drops a notice with an invalid name.
func Encode(n Notice) []byte {
	v := protocol
	w := wire{V: &v, Name: n.Name, Version: n.Version}
	if !n.Time.IsZero() {
		w.Time = n.Time.UTC().Format(time.RFC3339Nano)
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false) // it would make the longest names too long
	_ = e.Encode(w)        // strings and a number can always be encoded
	return bytes.TrimSpace(text.Bytes())
}

// JSON reads the format of this package. A message over 8 KiB, a message of another
// version than 1, and a message with an invalid name or version are ErrInvalid. It
// ignores unknown fields.
func JSON(m Message) ([]Notice, error) {
	w, err := readOurs(m.Body)
	if err != nil {
		return nil, err
	}
	return checked(Notice{Name: w.Name, Version: w.Version, Time: parseTime(w.Time)})
}

// maxOurs is the length of the longest message in this format. The longest name and
// version fit, even if they are escaped.
const maxOurs = 8 << 10

func readOurs(body []byte) (wire, error) {
	var shape struct {
		V json.RawMessage `json:"v"`
	}
	if err := decode(body, &shape); err != nil {
		return wire{}, err
	}
	var w wire
	switch {
	case shape.V == nil:
		return wire{}, errForeign
	case len(body) > maxOurs:
		return wire{}, malformed("the message is longer than 8 KiB")
	case json.Unmarshal(body, &w) != nil || w.V == nil || *w.V != protocol:
		return wire{}, malformed("the message is not of version 1 of the format")
	}
	return w, nil
}

// checked returns the notices with a valid name and version. If there is none, it
// returns an error. The error quotes neither, because it may be a value in the wrong
// place.
func checked(notices ...Notice) ([]Notice, error) {
	good := notices[:0]
	for _, n := range notices {
		if n, ok := n.clean(); ok {
			good = append(good, n)
		}
	}
	if len(good) == 0 {
		return nil, malformed("its name or version is not valid for a secret")
	}
	return good, nil
}

// clean reports whether name and version are valid. The names of Parameter Store start
// with a slash.
func (n Notice) clean() (Notice, bool) {
	if n.Version == "" {
		return n, secretmux.ValidateName(strings.TrimPrefix(n.Name, "/")) == nil
	}
	ref, err := secretmux.ParseRef(strings.TrimPrefix(n.Name, "/") + "?version=" + n.Version)
	if err != nil || ref.Field != "" || ref.Version == secretmux.VersionPrevious || strings.ContainsAny(n.Name, "?#") {
		return n, false
	}
	n.Version = ref.Version // "current" is not an id
	return n, true
}

// parseTime returns zero if text is not a time, because a notice is valid without one.
func parseTime(text string) time.Time {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}
	}
	return at
}
