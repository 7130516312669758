// Package expvars shows the state of a store in expvar, without values. It is a package
// of its own because expvar links net/http and registers /debug/vars when it is imported.
package expvars

import (
	"expvar"
	"sync"
	"time"

	"github.com/secretmux/secretmux"
)

// published guards expvar's check of a name against our own publication of it.
var published sync.Mutex //nolint:gochecknoglobals // expvar's own registry is global

// Publish shows store under name: counts of secrets by state, the age of the oldest
// served value in seconds, and for each secret its source, version, age, failures and
// state. The values of secrets are never part of it; names and sources are, so protect
// /debug/vars like a status page. A name in use, an empty one and a nil store are
// ErrInvalid. It can't be taken back, as expvar keeps what it has; after the store's
// Close it shows no secrets.
func Publish(name string, store *secretmux.Store) error {
	switch {
	case name == "":
		return secretmux.Invalid("expvars", "the name is empty", "name the variable, such as secrets")
	case store == nil:
		return secretmux.Invalid("expvars", "the store is nil", "check the error of what should have made it")
	}
	published.Lock()
	defer published.Unlock()
	if expvar.Get(name) != nil {
		return secretmux.Invalid("expvars", "the name is in use", "give each store a name of its own")
	}
	expvar.Publish(name, expvar.Func(func() any { return snapshot(store.Status()) }))
	return nil
}

type state struct {
	Served  int      `json:"served"`
	Stale   int      `json:"stale"`
	Expired int      `json:"expired"`
	Refused int      `json:"refused"`
	Failing int      `json:"failing"`
	Oldest  float64  `json:"oldest_seconds"`
	Secrets []secret `json:"secrets"`
}

type secret struct {
	Ref      string  `json:"ref"`
	Source   string  `json:"source,omitempty"`
	Version  string  `json:"version,omitempty"`
	Age      float64 `json:"age_seconds"`
	Failures int     `json:"failures,omitempty"`
	Class    string  `json:"class,omitempty"`
	Served   bool    `json:"served"`
	Stale    bool    `json:"stale,omitempty"`
}

func snapshot(all []secretmux.Status) state {
	s := state{Secrets: []secret{}}
	count := func(into *int, is bool) {
		if is {
			*into++
		}
	}
	for _, st := range all {
		count(&s.Served, st.Served)
		count(&s.Stale, st.Stale)
		count(&s.Expired, st.Expired)
		count(&s.Refused, st.Refused)
		count(&s.Failing, st.Failures > 0)
		own := secret{
			Ref: st.Ref, Source: st.Source, Version: st.Version, Age: st.Age.Round(time.Millisecond).Seconds(),
			Failures: st.Failures, Served: st.Served, Stale: st.Stale,
		}
		if st.Served {
			s.Oldest = max(s.Oldest, own.Age)
		}
		if class := secretmux.ClassOf(st.Err); class != nil {
			own.Class = class.Error()
		}
		s.Secrets = append(s.Secrets, own)
	}
	return s
}
