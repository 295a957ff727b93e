// What of a crash is seen by those who look further: its other tabs, and why it cannot be shown.
import { lateCode } from '../../widgets/late_code';

export const kLateViews = lateCode(() => import('./other_tabs'));
