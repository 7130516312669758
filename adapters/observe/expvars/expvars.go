// Package expvars shows the state of a store in expvar, without values. It is a package
// of its own because expvar links net/http and registers /debug/vars when it is imported.
package expvars

import (
	"errors"
	"expvar"
	"sync"
	"sync/atomic"
	"time"

	"github.com/secretmux/secretmux"
)

// published has the store of each name that this package published. expvar can't remove
// a name, so without it a program that opens another store would need a new name.
//
//nolint:gochecknoglobals // expvar's own registry is global
var published struct {
	sync.Mutex
	stores map[string]*atomic.Pointer[secretmux.Store]
}

// Publish shows store under name: counts of secrets by state, the age of the oldest
// served value in seconds, and for each secret its source, version, age, failures and
// state. It never shows the values of secrets. It shows names and sources, so protect
// /debug/vars like a status page. A name in use, an empty name and a nil store are
// ErrInvalid. Publish can't be undone, because expvar keeps its variables. After the
// store's Close the variable shows no secrets, and its name can be published again for
// another store. Publish is safe for concurrent use.
func Publish(name string, store *secretmux.Store) error {
	switch {
	case name == "":
		return secretmux.Invalid("expvars", "the name is empty", "give the variable a name, such as secrets")
	case store == nil:
		return secretmux.Invalid("expvars", "the store is nil", "check the error of the call that opens the store")
	}
	published.Lock()
	defer published.Unlock()
	shown := published.stores[name]
	switch {
	case shown != nil && errors.Is(shown.Load().Ready(), secretmux.ErrClosed):
		shown.Store(store)
		return nil
	case expvar.Get(name) != nil:
		return secretmux.Invalid("expvars", "the name is in use", "give each store a name of its own")
	}
	shown = new(atomic.Pointer[secretmux.Store])
	shown.Store(store)
	if published.stores == nil {
		published.stores = map[string]*atomic.Pointer[secretmux.Store]{}
	}
	published.stores[name] = shown
	expvar.Publish(name, expvar.Func(func() any { return snapshot(shown.Load().Status()) }))
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
