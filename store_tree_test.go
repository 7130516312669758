package secretmux_test

import "strings"

// errorTreeHolds reports whether the text of err or of any error below it holds s.
func errorTreeHolds(err error, s string) bool {
	if err == nil {
		return false
	}
	if strings.Contains(err.Error(), s) {
		return true
	}
	switch e := err.(type) { //nolint:errorlint // walks the tree itself
	case interface{ Unwrap() error }:
		return errorTreeHolds(e.Unwrap(), s)
	case interface{ Unwrap() []error }:
		for _, below := range e.Unwrap() {
			if errorTreeHolds(below, s) {
				return true
			}
		}
	}
	return false
}
