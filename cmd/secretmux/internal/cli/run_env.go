package cli

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// longestVariable is the greatest length of NAME=value. Linux allows 128 KiB for
// one, with the NUL that ends it, and refuses the whole command if one is longer.
const longestVariable = 131_071

// bootstrap returns the variables with the credentials of the chain itself. A
// command that gets its secrets from run does not need them. AWS_ variables are not
// in the list, because applications use them for other things too.
func bootstrap(name string) bool {
	return name == "VAULT_TOKEN" || name == "SECRETMUX_AGE_KEY" || name == "SOPS_AGE_KEY" ||
		strings.HasPrefix(name, "DOTENV_PRIVATE_KEY")
}

// environment is the environment of the command. It has each variable once: of two,
// C programs take the first and shells the last.
type environment map[string]string

// inherited returns the environment of run without the variables that the command
// must not get. JOURNAL_STREAM is wrong for a stream that is piped through run.
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

// splitVariable also reads the variables of Windows such as =C:=C:\.
func splitVariable(entry string) (name, value string) {
	i := strings.IndexByte(entry[min(1, len(entry)):], '=')
	if i < 0 {
		return entry, ""
	}
	return entry[:i+1], entry[i+2:]
}

// list returns the variables in the form that the system takes.
func (e environment) list() []string {
	list := make([]string, 0, len(e))
	for _, name := range slices.Sorted(maps.Keys(e)) {
		list = append(list, name+"="+e[name])
	}
	return list
}

// checkVariable refuses a value that no variable can hold. Otherwise the system
// would refuse the whole command, without the name of the variable.
func checkVariable(w wanted, value []byte) error {
	if bytes.IndexByte(value, 0) >= 0 {
		return usage(w.label+" has a NUL byte, which a variable can't hold", "pass it with --file")
	}
	if len(w.name)+1+len(value) > longestVariable {
		return usage(w.label+" is over the "+strconv.Itoa(longestVariable)+" bytes that a variable may have", "pass it with --file")
	}
	return nil
}
