package faultscript_test

import (
	"fmt"

	"github.com/secretmux/secretmux/testing/faultscript"
)

func ExampleRows() {
	for _, row := range faultscript.Rows()[:3] {
		fmt.Println(row.Fault, row.Want, row.MaxCalls)
	}
	// Output:
	// absent [not found] 2
	// deleted [disabled] 2
	// disabled [disabled] 2
}

func ExampleLeaks() {
	fmt.Println(faultscript.Leaks("status 403"), faultscript.Leaks("got "+faultscript.Canary[:8]))
	// Output: false true
}

func ExampleSubject() {
	s := faultscript.Subject{NotApplicable: "the protocol has no checksum"}
	fmt.Println(s.NotApplicable)
	// Output: the protocol has no checksum
}
