package natspush_test

import (
	"fmt"

	natspush "github.com/secretmux/secretmux/adapters/push/nats"
)

func ExampleSubject() {
	fmt.Println(natspush.Subject("secrets.rotated", "prod/db creds"))
	// Output: secrets.rotated.19927b068d7b4351e51d72eb11c71ba6
}
