package repo

import "strings"

// Kind says what a module is for its users; the folder decides it. The kinds are
// in the order of their release: a module requires none of a later kind.
type Kind int

// The kinds of modules. The zero Kind is for a folder that no rule names.
const (
	Unknown  Kind = iota
	Core          // the root: the contract that all others require
	Provider      // settings and the backends
	Adapter       // what a rotation does to a client
	Command       // a program for go install
	Internal      // never released: only this repository imports it
)

// KindOf is the kind of the module in this slash-separated folder.
func KindOf(dir string) Kind {
	first, _, _ := strings.Cut(dir, "/")
	switch first {
	case ".":
		return Core
	case "settings", "providers":
		return Provider
	case "adapters":
		return Adapter
	case "cmd":
		return Command
	case ".ci", "benchmarks", "examples", "testing":
		return Internal
	default:
		return Unknown
	}
}

// Released reports whether modules of the kind get tags.
func (k Kind) Released() bool { return k >= Core && k <= Command }

func (k Kind) String() string {
	switch k {
	case Core:
		return "root"
	case Provider:
		return "provider"
	case Adapter:
		return "adapter"
	case Command:
		return "command"
	case Internal:
		return "not released"
	default:
		return "unknown"
	}
}
