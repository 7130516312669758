package push

import "strings"

// StripPrefix is for [Options].Names: it removes prefix, such as "prod/", from the
// backend's name, and drops a notice whose name does not start with it. It is for
// providers that don't tell the store their own names. The providers of this repository
// do, so they need no Names.
func StripPrefix(prefix string) func(name string) []string {
	return func(name string) []string {
		if rest, ok := strings.CutPrefix(name, prefix); ok && rest != "" {
			return []string{rest}
		}
		return nil
	}
}

// AzureNames is for [Options].Names: it gives the name in Key Vault unchanged, and the
// name with a slash for each separator, such as "--". An empty separator changes
// nothing. Like [StripPrefix], it is for providers that don't tell the store their own
// names.
func AzureNames(separator string) func(name string) []string {
	return func(name string) []string {
		names := []string{name}
		if separator != "" && strings.Contains(name, separator) {
			names = append(names, strings.ReplaceAll(name, separator, "/"))
		}
		return names
	}
}
