package cli

import "os"

// signalNamed returns nil: on Windows no signal can be sent to a program.
func signalNamed(string) os.Signal { return nil }
