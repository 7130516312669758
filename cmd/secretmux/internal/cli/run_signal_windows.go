package cli

import "os"

// signalNamed knows none: Windows has no signals that a program can be sent.
func signalNamed(string) os.Signal { return nil }
