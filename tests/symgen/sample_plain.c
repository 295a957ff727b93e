// Compiled without .eh_frame: its unwind rows stand in .debug_frame alone.
int WithoutUnwindTables(int value);

int WithoutUnwindTables(int value) {
  volatile int kept[4] = {value, value + 1, value + 2, value + 3};
  return kept[0] + kept[3];
}
