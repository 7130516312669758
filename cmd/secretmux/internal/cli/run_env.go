package cli

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// longestVariable is how long NAME=value may be: Linux gives an argument 128 KiB
// with the NUL that ends it, and refuses the whole command over it.
const longestVariable = 131_071

// bootstrap are the credentials of the chain itself, which a command that gets
// secrets from run has no use for. AWS_ variables are not among them: applications
// use them for more than secrets.
func bootstrap(name string) bool {
	return name == "VAULT_TOKEN" || name == "SECRETMUX_AGE_KEY" || name == "SOPS_AGE_KEY" ||
		strings.HasPrefix(name, "DOTENV_PRIVATE_KEY")
}

// environment is what the command gets: each variable once, as C programs take the
// first of two and shells the last.
type environment map[string]string

// inherited is the environment of run without what the command must not have. A
// piped stream is not the journal's any more.
func (o *runOptions) inherited(parent []string, piped bool) environment {
	e := environment{}
	if !o.pristine {
		for _, entry := range parent {
			name, value := splitVariable(entry)
			if !bootstrap(name) && !slices.Contains(o.drops, name) && (!piped || name != "JOURNAL_STREAM") {
				e[name] = value
			}
		}
	}
	e["SECRETMUX_RUN"] = "1"
	return e
}

// splitVariable also reads =C:=C:\, which Windows has.
func splitVariable(entry string) (name, value string) {
	i := strings.IndexByte(entry[min(1, len(entry)):], '=')
	if i < 0 {
		return entry, ""
	}
	return entry[:i+1], entry[i+2:]
}

// list returns the variables as the system wants them.
func (e environment) list() []string {
	list := make([]string, 0, len(e))
	for _, name := range slices.Sorted(maps.Keys(e)) {
		list = append(list, name+"="+e[name])
	}
	return list
}

// checkVariable refuses what no variable can hold, before the system refuses the
// whole command without saying which one it was.
func checkVariable(w wanted, value []byte) error {
	if bytes.IndexByte(value, 0) >= 0 {
		return usage(w.label+" holds a NUL byte, which no variable can", "pass it with --file")
	}
	if len(w.name)+1+len(value) > longestVariable {
		return usage(w.label+" is over the "+strconv.Itoa(longestVariable)+" bytes that a variable can have", "pass it with --file")
	}
	return nil
}
