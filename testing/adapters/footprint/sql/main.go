// Command sql opens a pool of database/sql over no driver, for scale. See
// testing/clouds/footprint/measure.
package main

import (
	"database/sql"
	"log"
)

func main() {
	db, err := sql.Open("none", "")
	log.Print(db, err)
}
