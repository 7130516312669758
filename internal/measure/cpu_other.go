//go:build !unix

package measure

import "time"

func read(bool) time.Duration { return 0 }
