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
	// Name is the secret's name, ours or the backend's own, without version and field.
	Name string
	// Version is the backend's id of the new version. Empty means unknown: the secret
	// is then read once, and not looked at again.
	Version string
	// Time is when the change was made. Zero means unknown. It tells an old notice from
	// a newer one, so it should be the backend's or the rotator's time, not the broker's.
	Time time.Time
}

// wire is the format of our own, in the order in which Encode writes it.
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
// [JSON] reads it. It does not check n: JSON drops what is not a name.
func Encode(n Notice) []byte {
	v := protocol
	w := wire{V: &v, Name: n.Name, Version: n.Version}
	if !n.Time.IsZero() {
		w.Time = n.Time.UTC().Format(time.RFC3339Nano)
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false) // it would make the longest names too long
	_ = e.Encode(w)        // strings and a number always can be
	return bytes.TrimSpace(text.Bytes())
}

// JSON reads the format of this package. A message over 8 KiB, one of another version
// than 1, and one whose name or version can't be one are ErrInvalid. Fields that it
// does not know are ignored.
func JSON(m Message) ([]Notice, error) {
	w, err := readOurs(m.Body)
	if err != nil {
		return nil, err
	}
	return checked(Notice{Name: w.Name, Version: w.Version, Time: parseTime(w.Time)})
}

// maxOurs is the longest message of our own: the longest name and version fit, escaped.
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

// checked returns the notices whose name and version can be such; with none of them it
// is an error. Neither is quoted: it may be a value in the wrong place.
func checked(notices ...Notice) ([]Notice, error) {
	good := notices[:0]
	for _, n := range notices {
		if n, ok := n.clean(); ok {
			good = append(good, n)
		}
	}
	if len(good) == 0 {
		return nil, malformed("its name or version can't be one of a secret")
	}
	return good, nil
}

// clean reports whether name and version can be such. The names of Parameter Store
// start with a slash.
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

// parseTime is zero for what is not a time: a notice is good without one.
func parseTime(text string) time.Time {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}
	}
	return at
}
