// Which facts of a crash are shown, in which groups and how. A new one is a row here; what a crash lacks is
// left out.

// 'bytes', 'seconds' and 'percent' are numbers with that unit.
export type FactForm = 'text' | 'bytes' | 'seconds' | 'percent' | 'count' | 'boolean' | 'lines';

export interface FactRow {
  readonly title: string;
  // In the processed crash and in the data dictionary.
  readonly field: string;
  readonly form?: FactForm;
  // The field by which searches know it, where that is another.
  readonly searchedAs?: string;
  // Not text but a name that stands in code.
  readonly code?: boolean;
  // A line of its own.
  readonly wide?: boolean;
  // A PCI id, which has a name.
  readonly pci?: 'vendor' | 'adapter';
}

export interface FactGroup {
  // Of the first: none, it stands at the top.
  readonly title?: string;
  readonly rows: readonly FactRow[];
}

export const kFactGroups: readonly FactGroup[] = [
  {
    title: 'Program and machine',
    rows: [
      { title: 'Uptime', field: 'uptime', form: 'seconds' },
      { title: 'Installed for', field: 'install_age', form: 'seconds' },
      { title: 'Last crash', field: 'last_crash', form: 'seconds' },
      { title: 'Startup crash', field: 'startup_crash', form: 'boolean' },
      { title: 'Process', field: 'process_type' },
      { title: 'Remote type', field: 'remote_type' },
      { title: 'Utility actors', field: 'utility_actors_name' },
      { title: 'Language', field: 'useragent_locale' },
      { title: 'Vendor', field: 'vendor' },
      { title: 'Distribution', field: 'distribution_id' },
      { title: 'Distribution', field: 'linux_lsb_description' },
      { title: 'Safe mode', field: 'safe_mode', form: 'boolean' },
      { title: 'Submitted from', field: 'submitted_from' },
      { title: 'Threads', field: 'thread_count', form: 'count' },
      { title: 'Last error', field: 'last_error_value', code: true },
      { title: 'Microcode', field: 'cpu_microcode_version', code: true },
    ],
  },
  {
    title: 'Memory',
    rows: [
      { title: 'Asked for', field: 'oom_allocation_size', form: 'bytes' },
      { title: 'In use', field: 'system_memory_use_percentage', form: 'percent' },
      { title: 'Free memory', field: 'available_physical_memory', form: 'bytes' },
      { title: 'Memory', field: 'total_physical_memory', form: 'bytes' },
      { title: 'Can commit', field: 'available_page_file', form: 'bytes' },
      { title: 'Commit limit', field: 'total_page_file', form: 'bytes' },
      { title: 'Free addresses', field: 'available_virtual_memory', form: 'bytes' },
      { title: 'Addresses', field: 'total_virtual_memory', form: 'bytes' },
      { title: 'Free swap', field: 'available_swap_memory', form: 'bytes' },
      { title: 'Textures', field: 'texture_usage', form: 'bytes' },
      { title: 'Purgeable', field: 'purgeable_physical_memory', form: 'bytes' },
      { title: 'Warnings', field: 'low_physical_memory_events', form: 'count' },
      { title: 'Pressure', field: 'linux_memory_psi', wide: true },
      { title: 'Block was', field: 'phc_kind' },
    ],
  },
  {
    title: 'Graphics',
    rows: [
      { title: 'Vendor', field: 'adapter_vendor_id', code: true, pci: 'vendor' },
      { title: 'Adapter', field: 'adapter_device_id', code: true, pci: 'adapter' },
      { title: 'Driver', field: 'adapter_driver_version', code: true },
      { title: 'Board', field: 'adapter_subsys_id', code: true },
      { title: 'Errors', field: 'graphics_critical_error', wide: true },
      { title: 'Driver test', field: 'graphics_startup_test', form: 'boolean' },
    ],
  },
  {
    title: 'Device',
    rows: [
      { title: 'Maker', field: 'android_manufacturer' },
      { title: 'Model', field: 'android_model' },
      { title: 'Android', field: 'android_version' },
      { title: 'Code', field: 'android_cpu_abi' },
      { title: 'Package', field: 'android_packagename' },
    ],
  },
  {
    title: 'Shutting down, and between processes',
    rows: [
      { title: 'Reason', field: 'shutdown_reason' },
      { title: 'Progress', field: 'shutdown_progress' },
      { title: 'Hang', field: 'hang' },
      { title: 'Waited for', field: 'async_shutdown_timeout', wide: true },
      { title: 'Storage', field: 'quota_manager_shutdown_timeout', wide: true },
      { title: 'Channel', field: 'ipc_channel_error' },
      { title: 'Message', field: 'ipc_message_name', code: true },
      { title: 'Fatal error', field: 'ipc_fatal_error_msg', wide: true },
      { title: 'Main thread ran', field: 'main_thread_runnable_name', code: true },
    ],
  },
  {
    title: 'What the person and the program wrote',
    rows: [
      { title: 'Comment', field: 'user_comments', wide: true },
      { title: 'URL', field: 'url', wide: true },
      { title: 'Notes', field: 'app_notes', wide: true },
    ],
  },
];
